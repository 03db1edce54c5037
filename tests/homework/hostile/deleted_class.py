# status: not usable
# words: there is no class
del CLASS
