# SPDX-License-Identifier: LGPL-2.1-or-later
# The package for Nix, and a module for NixOS with systemd in stage 1. "nix flake check" and an evaluation were tried;
# no NixOS system has been booted with it.
{
  description = "Gives devices to chosen drivers from the kernel command line";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      forAll = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ];
      package =
        pkgs:
        pkgs.stdenv.mkDerivation {
          pname = "driver-override";
          version = builtins.head (
            builtins.match ".*project\\(driver-override VERSION ([0-9.]+) .*" (builtins.readFile ../CMakeLists.txt)
          );
          src = ./..;
          nativeBuildInputs = [ pkgs.cmake pkgs.ninja ];
          buildInputs = [ pkgs.boost pkgs.nlohmann_json ];
          # The store has the libraries, and the image gets them with the program.
          cmakeFlags = [ "-DDRIVER_OVERRIDE_STATIC=OFF" "-DBUILD_TESTING=OFF" ];
          meta.license = pkgs.lib.licenses.lgpl21Plus;
          meta.mainProgram = "driver-override";
        };
    in
    {
      packages = forAll (system: { default = package nixpkgs.legacyPackages.${system}; });

      # boot.driverOverride.rules = [ "pci,0000:02:00.0=vfio-pci,id=10de:1e87" ];
      nixosModules.default =
        { config, lib, pkgs, ... }:
        let
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.default}/bin/driver-override";
          unit = {
            wantedBy = [ "sysinit.target" ];
            before = [ "systemd-modules-load.service" "systemd-udevd.service" "systemd-udev-trigger.service" "sysinit.target" "shutdown.target" ];
            conflicts = [ "shutdown.target" ];
            unitConfig.DefaultDependencies = false;
            serviceConfig = {
              Type = "oneshot";
              RemainAfterExit = true;
              SuccessExitStatus = 1;
              TimeoutStartSec = "60s";
              TimeoutStopSec = "5s";
              KillMode = "process";
            };
          };
        in
        {
          options.boot.driverOverride.rules = lib.mkOption {
            type = lib.types.listOf lib.types.str;
            default = [ ];
            description = "Rules for the kernel command line, each of which gets a parameter of its own.";
          };
          config = {
            boot.kernelParams = map (rule: "driver_override=${rule}") config.boot.driverOverride.rules;
            boot.initrd.systemd.enable = true;
            boot.initrd.systemd.storePaths = [ program ];
            boot.initrd.availableKernelModules = [ "vfio-pci" "pci-stub" ];
            boot.initrd.systemd.services.driver-override = lib.recursiveUpdate unit {
              serviceConfig.ExecStart = "${program} apply";
            };
            systemd.services.driver-override = lib.recursiveUpdate unit {
              before = [ "systemd-modules-load.service" "systemd-udev-trigger.service" "sysinit.target" "shutdown.target" ];
              serviceConfig.ExecStart = "${program} apply --finish";
            };
            environment.systemPackages = [ self.packages.${pkgs.stdenv.hostPlatform.system}.default ];
          };
        };
    };
}
