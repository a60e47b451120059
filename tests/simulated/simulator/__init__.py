"""What stands in for a Windows machine: takes what Ansible sends one, gives what one would answer."""
