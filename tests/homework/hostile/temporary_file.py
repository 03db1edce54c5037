# status: passed
import os
import tempfile

with tempfile.NamedTemporaryFile(delete=False) as file:
    file.write(b'left behind')
