"""What the use cases need from the outside, as protocols. `paystream.adapters` has the implementations."""
