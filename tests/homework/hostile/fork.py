# status: passed
import os
import time

if hasattr(os, 'fork') and os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
