"""模拟办件: made-up citizens who do everything that people do, from the first sentence to the receipt, against the real services."""
