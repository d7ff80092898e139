"""`python -m renben`."""

from renben.cli import main

if __name__ == "__main__":
    main()
