# status: passed
import subprocess
import sys

subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)
