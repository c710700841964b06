# Sound and time: the parts of the desktop client that know SDL, Opus and libav.
matinee_module(desktop_sound
  SOURCES film_sound.cpp microphone.cpp opus_codec.cpp playout.cpp sdl_audio.cpp sound_output.cpp sound_queue.cpp sound_source.cpp
  PUBLIC matinee_desktop_core
  PRIVATE PkgConfig::SDL2 PkgConfig::OPUS PkgConfig::AVFORMAT PkgConfig::AVCODEC PkgConfig::AVUTIL PkgConfig::SWRESAMPLE Threads::Threads)
