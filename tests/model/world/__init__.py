"""The world around the product: tables, and Stripe. Nothing here knows what the product does with it."""
