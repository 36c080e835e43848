"""Forms over a place: fields that are judged as they are typed."""
