# status: not usable
# words: ended before it answered
import ctypes

ctypes.string_at(0)
