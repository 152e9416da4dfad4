"""From records to tables: mean and spread over seeds beside published numbers, for terminals and files."""
