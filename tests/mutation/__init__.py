"""Whether the golden cases would notice a changed rule: each small change is tried on all of them."""
