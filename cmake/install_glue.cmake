# SPDX-License-Identifier: LGPL-2.1-or-later
# What is installed beside the program: where the generators look for their modules and hooks (a literal lib/, never the
# multiarch one), the units, and what people read.
install(DIRECTORY dracut-module/50driver-override DESTINATION lib/dracut/modules.d
        USE_SOURCE_PERMISSIONS)
install(FILES systemd/driver-override-initrd.service
        DESTINATION lib/dracut/modules.d/50driver-override)
# In an image the program is /usr/bin/driver-override, whatever the prefix is.
install(FILES systemd/driver-override-initrd.service DESTINATION lib/systemd/system)
# The prefix is known when the units are installed, not before. file(INSTALL) lists it in the manifest.
install(CODE "
  set(program \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/driver-override\")
  foreach(name driver-override.service driver-override-confirm.service)
    file(READ \"${PROJECT_SOURCE_DIR}/systemd/\${name}\" unit)
    string(REPLACE \"ExecStart=/usr/bin/driver-override\" \"ExecStart=\${program}\" unit \"\${unit}\")
    file(WRITE \"${PROJECT_BINARY_DIR}/units/\${name}\" \"\${unit}\")
    file(INSTALL \"${PROJECT_BINARY_DIR}/units/\${name}\"
         DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
  endforeach()")
# What an image leaves to the real root is promised, so nobody has to enable the unit first.
set(wants lib/systemd/system/sysinit.target.wants)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${wants})
file(CREATE_LINK ../driver-override.service ${PROJECT_BINARY_DIR}/${wants}/driver-override.service SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/${wants}/driver-override.service DESTINATION ${wants})
install(FILES mkinitcpio/install/driver-override DESTINATION lib/initcpio/install)
install(FILES mkinitcpio/hooks/driver-override DESTINATION lib/initcpio/hooks)
# Both must be executable: initramfs-tools passes over what is not.
install(PROGRAMS initramfs-tools/hooks/driver-override DESTINATION share/initramfs-tools/hooks)
install(PROGRAMS initramfs-tools/init-top/driver-override DESTINATION share/initramfs-tools/scripts/init-top)

file(GLOB manual_pages CONFIGURE_DEPENDS docs/*.[58])
foreach(page IN LISTS manual_pages)
  string(REGEX REPLACE ".*\\." "" section ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
file(GLOB pages CONFIGURE_DEPENDS docs/*.md docs/*.svg)
install(FILES README.md NEWS.md SECURITY.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

install(FILES completions/driver-override.bash DESTINATION share/bash-completion/completions RENAME driver-override)
install(FILES completions/_driver-override DESTINATION share/zsh/site-functions)
install(FILES completions/driver-override.fish DESTINATION share/fish/vendor_completions.d)

# Only what is installed in the running system can be missed there.
install(CODE "
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL /usr AND NOT DEFINED ENV{DESTDIR})
    message(WARNING \"dracut, initramfs-tools and mkinitcpio look for modules and hooks below /usr only, \"
            \"so no image gets driver-override from \${CMAKE_INSTALL_PREFIX}. \"
            \"Install it with: cmake --install ${PROJECT_BINARY_DIR} --prefix /usr\")
  endif()")

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt
          -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
