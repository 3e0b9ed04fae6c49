# stable
