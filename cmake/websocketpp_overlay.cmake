# websocketpp 0.8.2 writes template-ids on constructors, which g++ refuses as C++20. Corrected copies of the five headers
# go into the build tree, before the installed ones, for the one target that sees websocketpp.
find_package(websocketpp 0.8.2 REQUIRED)
set(overlay ${CMAKE_BINARY_DIR}/websocketpp_overlay)
foreach(entry "logger/basic.hpp|basic|concurrency,names" "logger/syslog.hpp|syslog|concurrency,names" "endpoint.hpp|endpoint|connection,config"
        "roles/server_endpoint.hpp|server|config" "roles/client_endpoint.hpp|client|config")
  string(REPLACE "|" ";" parts "${entry}")
  list(GET parts 0 file)
  list(GET parts 1 name)
  list(GET parts 2 args)
  file(READ ${WEBSOCKETPP_INCLUDE_DIR}/websocketpp/${file} text)
  string(REPLACE "${name}<${args}>(" "${name}(" text "${text}")
  file(CONFIGURE OUTPUT ${overlay}/websocketpp/${file} CONTENT "${text}" @ONLY)
endforeach()
add_library(matinee_websocketpp INTERFACE)
target_include_directories(matinee_websocketpp SYSTEM INTERFACE ${overlay} ${WEBSOCKETPP_INCLUDE_DIR})
