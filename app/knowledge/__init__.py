"""The medicine: facts, sources, calculations and rules of the clinical dossier. Imports the engine only."""
