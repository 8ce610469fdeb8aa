"""The rules that say what is done next about an invoice; `next_step` has their precedence."""
