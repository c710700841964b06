# What only the desktop client needs. All of it or no client: MATINEE_DESKTOP_MISSING then names the packages, and the rest builds.
option(MATINEE_DESKTOP "build the desktop client when its libraries are there" ON)
set(MATINEE_DESKTOP_MISSING "")

# Debian's split OpenCV packages (162 MB, against 225 MB for libopencv-dev) ship no CMake file.
find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
add_library(matinee_opencv INTERFACE)
foreach(part core imgproc imgcodecs videoio highgui)
  find_library(OPENCV_${part} opencv_${part})
  if(OPENCV_INCLUDE_DIR AND OPENCV_${part} AND EXISTS ${OPENCV_INCLUDE_DIR}/opencv2/${part}.hpp)
    target_link_libraries(matinee_opencv INTERFACE ${OPENCV_${part}})
  else()
    list(APPEND MATINEE_DESKTOP_MISSING libopencv-${part}-dev)
  endif()
endforeach()
target_include_directories(matinee_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})

foreach(row "TURBOJPEG|libturbojpeg|libturbojpeg0-dev" "OPUS|opus|libopus-dev" "SDL2|sdl2|libsdl2-dev" "AVFORMAT|libavformat|libavformat-dev"
        "AVCODEC|libavcodec|libavcodec-dev" "AVUTIL|libavutil|libavutil-dev" "SWRESAMPLE|libswresample|libswresample-dev"
        "CURL|libcurl|libcurl4-openssl-dev" "X11|x11|libx11-dev" "XEXT|xext|libxext-dev")
  string(REPLACE "|" ";" row "${row}")
  list(GET row 0 prefix)
  list(GET row 1 module)
  list(GET row 2 package)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${module})
  if(NOT ${prefix}_FOUND)
    list(APPEND MATINEE_DESKTOP_MISSING ${package})
  endif()
endforeach()

if(MATINEE_DESKTOP AND MATINEE_DESKTOP_MISSING)
  list(JOIN MATINEE_DESKTOP_MISSING " " packages)
  message(STATUS "The desktop client matinee-video is not built; to have it: apt-get install --no-install-recommends ${packages}")
  set(MATINEE_DESKTOP OFF)
endif()
set(MATINEE_DESKTOP_BUILT ${MATINEE_DESKTOP} CACHE INTERNAL "whether this tree builds the desktop client")
