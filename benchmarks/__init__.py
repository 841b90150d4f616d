"""What things cost, as ratios measured in one run. Not part of the product, not timed tests."""
