# Sound and time. The real SDL library plays and records here without a sound card: its disk driver writes to and reads from what the
# test names, in real time. Which driver a process has is decided once, so machines without a device are a process of their own.
matinee_test(desktop_sound SOURCES opus_codec_test.cpp playout_test.cpp sound_output_test.cpp sound_queue_test.cpp sound_source_test.cpp
  sound_tools.cpp LIBS matinee_desktop_sound)
set_tests_properties(desktop_sound PROPERTIES ENVIRONMENT "SDL_AUDIODRIVER=disk")
add_test(NAME desktop_sound_dummy COMMAND test_desktop_sound "[.dummy]")
set_tests_properties(desktop_sound_dummy PROPERTIES TIMEOUT 60 LABELS cpp ENVIRONMENT "SDL_AUDIODRIVER=dummy")
add_test(NAME desktop_sound_no_device COMMAND test_desktop_sound "[.no-device]")
set_tests_properties(desktop_sound_no_device PROPERTIES TIMEOUT 60 LABELS cpp ENVIRONMENT "SDL_AUDIODRIVER=alsa;ALSA_CONFIG_PATH=/dev/null")

# Beep and flash: prints by how much sound and picture differ, and fails beyond the bounds.
add_executable(beep_and_flash beep_and_flash.cpp sound_tools.cpp)
target_link_libraries(beep_and_flash PRIVATE matinee_warnings matinee_hardening matinee_desktop_pictures matinee_desktop_sound Threads::Threads)
add_test(NAME desktop_beep_and_flash COMMAND beep_and_flash 8 1)
set_tests_properties(desktop_beep_and_flash PROPERTIES TIMEOUT 60 LABELS cpp ENVIRONMENT "SDL_AUDIODRIVER=disk")
