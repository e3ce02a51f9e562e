"""What the worker does by itself: mail, bounces, deadlines' closing of books, and looking after stuck jobs."""
