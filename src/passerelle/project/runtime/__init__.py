"""What keeps an installation running on one machine: database, web server, worker, mailbox, catalogues, backup."""
