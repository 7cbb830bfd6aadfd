"""The access policy a second time, in Cedar, written from the product's matrices and not from our code."""
