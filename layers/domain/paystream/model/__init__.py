"""What Paystream keeps and the rules it keeps it by: plain data, no AWS, no Stripe, no clock."""
