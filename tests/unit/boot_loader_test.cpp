// SPDX-License-Identifier: LGPL-2.1-or-later
// Each warning about a command line with what it must and must not be said of.
#include "tool/advice/boot_loader.hpp"

#include <gtest/gtest.h>

#include "parser/command_line.hpp"
#include "parser/message.hpp"

namespace driver_override {
namespace {

BootTarget pc() {
  return {"x86_64", false};
}

Request with_line(const std::string& line) {
  Request request;
  request.command_line = line;
  return request;
}

Configuration of_line(const std::string& line) {
  return read_configuration(Root("/nowhere"), with_line(line));
}

Configuration of_arguments(const std::vector<std::string>& arguments) {
  Request request;
  request.arguments = arguments;
  request.arguments_only = true;
  return read_configuration(Root("/nowhere"), request);
}

/// Each warning as "OFFSET: MESSAGE | HINT"; the spans lie inside the source and its excerpt.
std::vector<std::string> said(const Configuration& configuration, const BootTarget& target = pc()) {
  std::vector<std::string> texts;
  for (const Message& message : advise_on_boot_loader(configuration, target)) {
    EXPECT_EQ(message.severity, Severity::warning);
    const auto& [span, excerpt, source] = message.place.value();
    const std::size_t end = excerpt.value().offset + excerpt->length;
    EXPECT_LE(end, configuration.sources.at(source).text.size());
    EXPECT_LE(excerpt->offset, span.offset);
    EXPECT_LE(span.offset + span.length, end);
    EXPECT_FALSE(render(configuration, message).empty());
    texts.push_back(std::to_string(span.offset) + ": " + message.text + " | " + message.hint);
  }
  return texts;
}

std::vector<std::string> said(const std::string& line, const BootTarget& target = pc()) {
  return said(of_line(line), target);
}

using Texts = std::vector<std::string>;

constexpr const char* ends =
    ": GRUB and U-Boot end the command at a \";\" that is not in quotes | write ";

TEST(BootLoader, NothingIsSaidOfASoundLine) {
  EXPECT_EQ(said("BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet driver_override=pci,0000:02:00.0=a "
                 "rd.driver_override=platform,fe*[0-9].serial=b,sticky pci=noaer,driver[1:0.0]=c"),
            Texts{});
  EXPECT_EQ(said(""), Texts{});
}

TEST(BootLoader, ASemicolonGetsTheFormToWriteInstead) {
  EXPECT_EQ(said("quiet driver_override=pci,02:00.0=a;platform,x=b,sticky"),
            Texts{std::string("35") + ends +
                  "driver_override=pci,02:00.0=a driver_override=platform,x=b,sticky"});
  EXPECT_EQ(said("rd.driver_override=pci,02:00.0=a;"),
            Texts{std::string("32") + ends + "rd.driver_override=pci,02:00.0=a"});
}

TEST(BootLoader, TheFormToWriteLeavesBadRulesOut) {
  EXPECT_EQ(said("driver_override=pci,02:00.0=a;pci,zz=b"),
            Texts{std::string("29") + ends + "driver_override=pci,02:00.0=a"});
  EXPECT_EQ(said("driver_override=pci,zz=b;"),
            Texts{std::string("24") + ends + "each rule as a parameter of its own"});
}

TEST(BootLoader, ASemicolonInQuotesIsHarmless) {
  EXPECT_EQ(said("driver_override=\"pci,02:00.0=a;platform,x=b\""), Texts{});
  EXPECT_EQ(said("\"driver_override=pci,02:00.0=a;platform,x=b\""), Texts{});
  // Quotes that end in the middle: the byte behind them is bare.
  EXPECT_EQ(said("driver_override=\"pci,02:00.0=a;\"platform,x=b;"),
            Texts{std::string("44") + ends + "driver_override=pci,02:00.0=a"});
}

TEST(BootLoader, TheSemicolonsOfOtherParametersAreTheirOwn) {
  EXPECT_EQ(said("x=a;b pci=resource_alignment=20@1:0.0;2:0.0,driver[02:00.0]=a"), Texts{});
}

TEST(BootLoader, AnArgumentIsWhatWillBePasted) {
  EXPECT_EQ(said(of_arguments({"pci,02:00.0=a;platform,x=b"})),
            Texts{std::string("13") + ends +
                  "driver_override=pci,02:00.0=a driver_override=platform,x=b"});
  EXPECT_EQ(said(of_arguments({"rd.driver_override=pci,02:00.0=a;"})),
            Texts{std::string("32") + ends + "rd.driver_override=pci,02:00.0=a"});
}

TEST(BootLoader, QuotesInsideARuleAreNotPassedOn) {
  EXPECT_EQ(said("driver_override=platform,a=\"b c\""),
            Texts{"27: GRUB or /etc/default/grub gives \"\"\" another meaning | write "
                  "driver_override=platform,a=%22b%20c%22"});
}

TEST(BootLoader, EachSpecialByteIsSaidOnceWithItsEscape) {
  EXPECT_EQ(said("driver_override=platform,a$b$c=d"),
            Texts{"26: GRUB or /etc/default/grub gives \"$\" another meaning | write "
                  "driver_override=platform,a%24b%24c=d"});
  for (const char byte : std::string("{}|&$<>'\\`"))
    EXPECT_EQ(said(std::string("driver_override=platform,a") + byte + "b=c").size(), 1U) << byte;
  for (const char byte : std::string("*?[]@!%+()#~^"))
    EXPECT_EQ(said(std::string("driver_override=platform,[") + "]" + byte + "25]=c").size(), 0U)
        << byte;
}

TEST(BootLoader, InQuotesOnlyTheDollarTheBackslashAndTheBacktickStaySpecial) {
  EXPECT_EQ(said("driver_override=\"platform,a{}|&<>'b=c\""), Texts{});
  EXPECT_EQ(
      said("driver_override=\"platform,a$b c=d\""),
      Texts{"27: GRUB or /etc/default/grub gives \"$\" another meaning, in quotes too | write "
            "driver_override=platform,a%24b%20c=d"});
  EXPECT_EQ(said("driver_override=\"platform,a`b=c\" driver_override=\"platform,a\\b=c\"").size(),
            2U);
}

TEST(BootLoader, TheFormToWriteParsesToTheSameRule) {
  const std::string hint =
      advise_on_boot_loader(of_line("driver_override=\"platform,a;platform,q$'\\ [&-*]x=d$\""),
                            pc())
          .front()
          .hint;
  EXPECT_EQ(hint, "write driver_override=platform,q%24%27%5c%20[%26-*]x=d%24");
  const ParsedRules parsed = parse_command_line(hint);
  ASSERT_EQ(parsed.rules.size(), 1U);
  EXPECT_EQ(parsed.rules[0].driver, "d$");
  EXPECT_TRUE(std::get<Glob>(parsed.rules[0].devices.at(0).what).matches("q$'\\ )x"));
}

TEST(BootLoader, OfTheLineThatHasBootedOnlyItsLengthAndBusesAreSaid) {
  const BootTarget booted{"x86_64", true};
  EXPECT_EQ(said("driver_override=platform,a$b=c;platform,d=e", booted), Texts{});
  EXPECT_EQ(said("driver_override=plattform,a=c;", booted).size(), 1U);
  Configuration both = of_line("driver_override=platform,a=b;");
  EXPECT_EQ(said(both, booted), Texts{});
  Request request = with_line("driver_override=platform,a=b;");
  request.arguments = {"platform,a=b;"};
  EXPECT_EQ(said(read_configuration(Root("/nowhere"), request), booted).size(), 1U);
}

TEST(BootLoader, TheLimitOfTheArchitecture) {
  EXPECT_EQ(boot_loader_limit("x86_64"), 2047U);
  EXPECT_EQ(boot_loader_limit("i686"), 2047U);
  EXPECT_EQ(boot_loader_limit("aarch64"), 2047U);
  EXPECT_EQ(boot_loader_limit("ppc64le"), 2047U);
  EXPECT_EQ(boot_loader_limit("armv7l"), 1023U);
  EXPECT_EQ(boot_loader_limit("riscv64"), 1023U);
  EXPECT_EQ(boot_loader_limit("mips64"), 4095U);
  EXPECT_EQ(boot_loader_limit("sh4"), 511U);
  EXPECT_EQ(boot_loader_limit(""), 511U);
  EXPECT_FALSE(machine_of_boot_loader().empty());
}

TEST(BootLoader, ALineNearOrAboveTheLimit) {
  const std::string hint = " | write rules into a file in /etc/driver-override.d";
  EXPECT_EQ(said(std::string(1900, 'x')), Texts{});
  EXPECT_EQ(
      said(std::string(2000, 'x')),
      Texts{"2000: the command line is 2000 bytes long; a kernel for x86_64 keeps 2047" + hint});
  EXPECT_EQ(said(std::string(2047, 'x')), Texts{});
  EXPECT_EQ(
      said(std::string(2100, 'x')),
      Texts{"2047: the command line is 2100 bytes long; a kernel for x86_64 keeps 2047" + hint});
  EXPECT_EQ(said(std::string(2100, 'x'), {"x86_64", true}).size(), 1U);
  EXPECT_EQ(said(std::string(1000, 'x'), {"riscv64", false}).size(), 1U);
  EXPECT_EQ(said(of_arguments({"platform," + std::string(2500, 'x') + "*=y"})), Texts{});
}

/// `count` parameters with values that no kernel knows.
std::string many_parameters(int count) {
  std::string line;
  for (int i = 0; i < count; ++i) line += "name" + std::to_string(i) + "=x ";
  return line;
}

TEST(BootLoader, ManyUnknownParametersBesideOurs) {
  const std::string ours = "driver_override=pci,1:0.0=a driver_override=pci,2:0.0=a";
  EXPECT_EQ(said(many_parameters(22) + ours), Texts{});
  EXPECT_EQ(said(many_parameters(23) + ours).at(0).substr(0, 94),
            "197: 24 parameters are perhaps unknown to the kernel, which panics at the 32nd "
            "unknown one | w");
  EXPECT_EQ(said(many_parameters(40) + "rd.driver_override=pci,1:0.0=a"), Texts{});
  EXPECT_EQ(said(many_parameters(40)), Texts{});
  EXPECT_EQ(said(many_parameters(40) + ours, {"x86_64", true}), Texts{});
}

TEST(BootLoader, KnownOnesFlagsAndNamesWithADotTakeNoSlot) {
  std::string line = many_parameters(20);
  for (int i = 0; i < 40; ++i)
    line += "module" + std::to_string(i) + ".x=y flag" + std::to_string(i) + " ";
  line += "root=/dev/sda1 console=tty0 console=ttyS0 intel_iommu=on transparent-hugepage=never ";
  EXPECT_EQ(said(line + "driver_override=pci,1:0.0=a", {"mips", false}), Texts{});
}

TEST(BootLoader, AMisspeltBus) {
  const auto of_bus = [](const std::string& bus) {
    return said("driver_override=" + bus + ",x=y");
  };
  EXPECT_EQ(of_bus("plattform"),
            Texts{"16: unknown bus \"plattform\" | did you mean \"platform\"?"});
  EXPECT_EQ(of_bus("pic"), Texts{"16: unknown bus \"pic\" | did you mean \"pci\"?"});
  EXPECT_EQ(of_bus("fslmc"), Texts{"16: unknown bus \"fslmc\" | did you mean \"fsl-mc\"?"});
  EXPECT_EQ(of_bus("vmbsu"), Texts{"16: unknown bus \"vmbsu\" | did you mean \"vmbus\"?"});
  for (const char* bus : {"platform", "css", "ap", "auxiliary", "cxl", "eisa", "xen", "mei"})
    EXPECT_EQ(of_bus(bus), Texts{}) << bus;
  EXPECT_EQ(said("driver_override=pci,1:0.0=a driver_override=PCI,1:0.0=b").size(), 1U);
  EXPECT_EQ(of_bus("pc,00:10.0=,id"), Texts{"16: unknown bus \"pc\" | did you mean \"pci\"?"});
}

TEST(BootLoader, ABusWithoutOverrides) {
  for (const char* bus : {"acpi", "ccw", "hid", "i2c", "mdio_bus", "nd", "pnp", "scsi", "serio",
                          "spmi", "usb", "virtio"}) {
    const Texts texts = said(std::string("driver_override=") + bus + ",x=y");
    ASSERT_EQ(texts.size(), 1U) << bus;
    EXPECT_EQ(
        texts[0].rfind(std::string("16: devices of the bus \"") + bus + "\" take no override", 0),
        0U)
        << texts[0];
  }
  EXPECT_EQ(said("driver_override=net,eno1=y"),
            Texts{"16: \"net\" is a class of devices, not a bus | \"driver-override suggest NAME "
                  "DRIVER\" prints a rule for the device behind it"});
}

TEST(BootLoader, ABusIsLookedAtInEverySource) {
  EXPECT_EQ(said(of_arguments({"pic,x=y"})),
            Texts{"0: unknown bus \"pic\" | did you mean \"pci\"?"});
  Configuration drop_in = of_arguments({"pic,x=a$b;"});
  drop_in.sources[0].kind = Source::Kind::drop_in_line;
  EXPECT_EQ(said(drop_in), Texts{"0: unknown bus \"pic\" | did you mean \"pci\"?"});
}

TEST(BootLoader, AnyBytesAreAccepted) {
  std::string line = "driver_override=";
  for (int i = 0; i < 2000; ++i) line += static_cast<char>(i * 31 % 257);
  (void)said(line);
  (void)said("driver_override=\"a,b=c;" + std::string("\0 driver_overide=x", 18));
  (void)said(of_arguments({"", "=", ";", "driver_override=", "\xff;\xff"}));
}

}  // namespace
}  // namespace driver_override
