# status: not usable
# words: did not end within
while True:
    pass
