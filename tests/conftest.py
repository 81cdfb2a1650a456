"""Makes the folder of the tests importable, so that every test can use the brute force."""
