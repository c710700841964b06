// Loaded only by browsers without modules: they get a sentence instead of an empty room.
document.getElementById('unsupported').hidden = false;
