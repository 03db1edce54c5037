# status: not usable
# words: memory
hoard = []
while True:
    hoard.append(bytearray(256 << 20))
    hoard[-1][::4096] = b'x' * len(hoard[-1][::4096])
