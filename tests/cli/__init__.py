"""The command line, called as a function and as a program."""
