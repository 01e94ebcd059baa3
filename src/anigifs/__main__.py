"""`python -m anigifs` is the command line."""

from anigifs.cli.main import main

if __name__ == "__main__":
    main()
