from ratezoo.cli.main import main

main()
