from ratezoo.cli import main

main()
