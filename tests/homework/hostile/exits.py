# status: not usable
# words: exits
import sys

sys.exit(0)
