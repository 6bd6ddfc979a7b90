"""What the service images run: settings from the environment become files, then the service takes this process's place."""
