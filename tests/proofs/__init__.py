"""What holds of the rules for every case there can be, shown by a solver from the trees that decide."""
