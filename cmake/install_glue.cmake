# SPDX-License-Identifier: LGPL-2.1-or-later
# Where the generators look for their modules and hooks: a literal lib/, never the multiarch one.
install(DIRECTORY dracut-module/50driver-override DESTINATION lib/dracut/modules.d
        USE_SOURCE_PERMISSIONS)
install(FILES systemd/driver-override-initrd.service
        DESTINATION lib/dracut/modules.d/50driver-override)
install(FILES systemd/driver-override-initrd.service systemd/driver-override.service
              systemd/driver-override-confirm.service
        DESTINATION lib/systemd/system)
# What an image leaves to the real root is promised, so nobody has to enable the unit first.
install(CODE "
  set(wants \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/sysinit.target.wants\")
  file(MAKE_DIRECTORY \"\${wants}\")
  file(CREATE_LINK ../driver-override.service \"\${wants}/driver-override.service\" SYMBOLIC)")
install(FILES mkinitcpio/install/driver-override DESTINATION lib/initcpio/install)
install(FILES mkinitcpio/hooks/driver-override DESTINATION lib/initcpio/hooks)
# Both must be executable: initramfs-tools passes over what is not.
install(PROGRAMS initramfs-tools/hooks/driver-override DESTINATION share/initramfs-tools/hooks)
install(PROGRAMS initramfs-tools/init-top/driver-override DESTINATION share/initramfs-tools/scripts/init-top)

install(FILES completions/driver-override.bash DESTINATION share/bash-completion/completions
        RENAME driver-override)
install(FILES completions/_driver-override DESTINATION share/zsh/site-functions)
install(FILES completions/driver-override.fish DESTINATION share/fish/vendor_completions.d)

install(FILES docs/driver-override.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES docs/driver-override-json.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
