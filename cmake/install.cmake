# What `cmake --install` and the Debian package carry. Man page and completions are made at build
# time; the completions by the tool itself, so that they never lag behind its options.
include(GNUInstallDirs)
find_program(DGXP_GZIP gzip REQUIRED)

set(DGXP_MAN_PAGE ${PROJECT_BINARY_DIR}/dgxp.1.gz)
add_custom_command(OUTPUT ${DGXP_MAN_PAGE}
  COMMAND ${DGXP_GZIP} -9nc ${PROJECT_SOURCE_DIR}/docs/dgxp.1 > ${DGXP_MAN_PAGE}
  DEPENDS ${PROJECT_SOURCE_DIR}/docs/dgxp.1 VERBATIM)

set(DGXP_COMPLETIONS)
foreach(shell bash zsh fish)
  set(script ${PROJECT_BINARY_DIR}/completions/dgxp.${shell})
  add_custom_command(OUTPUT ${script}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions
    COMMAND $<TARGET_FILE:dgxp> completion ${shell} > ${script}
    DEPENDS dgxp VERBATIM)
  list(APPEND DGXP_COMPLETIONS ${script})
endforeach()
add_custom_target(dgxp_package_files ALL DEPENDS ${DGXP_MAN_PAGE} ${DGXP_COMPLETIONS})

install(TARGETS dgxp dgxp-worker RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${DGXP_MAN_PAGE} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_BINARY_DIR}/completions/dgxp.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME dgxp)
install(FILES ${PROJECT_BINARY_DIR}/completions/dgxp.zsh
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _dgxp)
install(FILES ${PROJECT_BINARY_DIR}/completions/dgxp.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/templates/deploy DESTINATION ${CMAKE_INSTALL_DATADIR}/dgxp)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/cmake/debian_copyright
  DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(DGXP_MAINTAINER "dgxp maintainers <maintainers@dgxp.invalid>" CACHE STRING
    "Who stands in the Debian package as its maintainer")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dgxp)
set(CPACK_PACKAGE_VENDOR "dgxp")
set(CPACK_PACKAGE_CONTACT "${DGXP_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler from a manifest to pixel-art sprites for games")
set(CPACK_PACKAGE_DESCRIPTION
"dgxp reads assets.yaml and makes palette-locked, pixel-true sprites, packed
sheets and the metadata that game engines load. Images come from a worker;
what is kept in git are small masters, so that every later build is
deterministic and needs neither a GPU nor a network.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
