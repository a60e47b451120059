"""A simulated Azure around one guest: metadata service, wireserver, provisioning disc. It is not Azure."""
