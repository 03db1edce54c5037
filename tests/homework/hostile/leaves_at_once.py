# status: not usable
# words: ended before it answered
import os

os._exit(0)
