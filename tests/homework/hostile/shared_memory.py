# status: not usable
# words: memory
import mmap
import time

shared = mmap.mmap(-1, 20 << 30)
for start in range(0, 20 << 30, 1 << 22):
    shared[start : start + (1 << 22) : 4096] = b'x' * 1024
    time.sleep(0.005)
