"""AWS in memory, as far as Paystream uses it: low-level clients in the shape of boto3's, with botocore's own errors.

What is not imitated is refused loudly (`NotImitatedError`), never passed over in silence.
"""
