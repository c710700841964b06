// Loaded only by browsers without modules: they get a sentence instead of an empty room.
(function () {
  var note = document.getElementById('unsupported');
  if (note) note.hidden = false;
})();
