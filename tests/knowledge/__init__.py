"""The clinical proof: the vignettes as cases, what the cases cover, and laws over random patients."""
