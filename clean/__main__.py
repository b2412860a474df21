"""`python -m clean`: the command line, for where the script is not on the path."""

from clean.cli.main import main

main()
