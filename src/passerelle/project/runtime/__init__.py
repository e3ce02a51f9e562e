"""What keeps an installation running on one machine: database server, web server, worker, mailbox, catalogues, backup."""
