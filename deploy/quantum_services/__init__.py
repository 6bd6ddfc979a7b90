"""What the images run: settings in the environment become files, then the service takes this process's place."""
