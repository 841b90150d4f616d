"""CDS Hooks 2.0.1: what is offered, what a call brings, and the card that it is answered with."""
