// SPDX-License-Identifier: LGPL-2.1-or-later
// What vfio would refuse, on machines of a few files.
#include "tool/advice/vfio.hpp"

#include "parser/message.hpp"
#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

using Texts = std::vector<std::string>;

class VfioTest : public DeviceRoot {
 protected:
  int number_ = 0;

  VfioTest() {
    device("pci", "pci0000:00/0000:00:01.0");
    device("platform", "platform/fe000000.dma");
  }

  static Action take(const std::string& bus, const std::string& name, const std::string& driver) {
    return {Device({bus, name}), driver};
  }
  static Action take_pci(const std::string& driver = "vfio-pci") {
    return take("pci", "0000:00:01.0", driver);
  }
  static Action take_platform() { return take("platform", "fe000000.dma", "vfio-platform"); }

  Texts advise(const std::vector<Action>& actions) {
    Plan plan;
    plan.actions = actions;
    Configuration configuration;
    configuration.rules.resize(1);
    configuration.rule_sources.resize(1);
    Texts texts;
    for (const Message& one : advise_on_vfio(root(), configuration, plan))
      texts.push_back(one.text);
    return texts;
  }
};

TEST_F(VfioTest, WithoutAnIommu) {
  EXPECT_EQ(advise({take_pci(), take_pci()}),
            Texts{"no IOMMU is on, and \"vfio-pci\" takes no device without one"});
  EXPECT_EQ(advise({take_pci("pci-stub")}), Texts{});
  EXPECT_EQ(advise({take("css", "0.0.0313", "vfio_ccw")}), Texts{});
  group("platform/fe000000.dma", "3");
  EXPECT_EQ(advise({take_pci()}),
            Texts{"pci 0000:00:01.0 is in no IOMMU group, and \"vfio-pci\" refuses it"});
  group("pci0000:00/0000:00:01.0", "4");
  EXPECT_EQ(advise({take_pci()}), Texts{});
}

TEST_F(VfioTest, WithoutAnIommuOnPurpose) {
  put("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
  EXPECT_EQ(advise({take_pci()}), Texts{"pci 0000:00:01.0 would be given away without an IOMMU"});
  put("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n");
  EXPECT_EQ(advise({take_pci()}).size(), 1U);
}

TEST_F(VfioTest, ADeviceThatItHasAlreadyIsNotAskedAbout) {
  Action action = take_pci();
  action.device.driver = "vfio-pci";
  EXPECT_EQ(advise({action}), Texts{});
}

TEST_F(VfioTest, Bridges) {
  group("pci0000:00/0000:00:01.0", "1");
  const auto of_class = [&](std::uint32_t code) {
    Action action = take_pci();
    action.device.pci_class = code;
    return advise({action});
  };
  EXPECT_EQ(of_class(0x060400),
            Texts{"pci 0000:00:01.0 is a bridge, which \"vfio-pci\" refuses (EINVAL)"});
  EXPECT_EQ(of_class(0x060700).size(), 1U);
  EXPECT_EQ(of_class(0x060000), Texts{});
  EXPECT_EQ(of_class(0x060100), Texts{});
}

TEST_F(VfioTest, PlatformDevicesWantAResetHandler) {
  group("platform/fe000000.dma", "1");
  const std::string compatible = "sys/devices/platform/fe000000.dma/of_node/compatible";
  const Texts refused = {
      "platform fe000000.dma has no reset handler, and \"vfio-platform\" refuses it"};
  put(compatible, std::string("arm,pl330\0arm,primecell\0", 24));
  EXPECT_EQ(advise({take_platform()}), Texts{});
  put("sys/module/vfio_platform/parameters/reset_required", "Y\n");
  EXPECT_EQ(advise({take_platform()}), refused);
  put(compatible, std::string("amd,xgbe-seattle-v1a\0", 21));
  EXPECT_EQ(advise({take_platform()}), Texts{});
  std::filesystem::remove(base_ / compatible);
  EXPECT_EQ(advise({take_platform()}), Texts{});
}

TEST_F(VfioTest, AGroupHasDevicesOfAnyBus) {
  group("pci0000:00/0000:00:01.0", "7");
  group("platform/fe000000.dma", "7");
  EXPECT_EQ(advise({take_pci()}), Texts{});
  bind("platform/fe000000.dma", "pl330");
  EXPECT_EQ(advise({take_pci()}),
            Texts{"IOMMU group 7 stays closed to vfio because of fe000000.dma (pl330)"});
  EXPECT_EQ(advise({take_pci(), take_platform()}), Texts{});
  EXPECT_EQ(advise({take_pci(), take("platform", "fe000000.dma", "none")}), Texts{});
}

TEST_F(VfioTest, WhoIsHarmlessInAGroup) {
  group("pci0000:00/0000:00:01.0", "7");
  const auto beside = [&](const std::string& driver) {
    const std::string other = "pci0000:00/0000:00:01." + std::to_string(++number_);
    device("pci", other);
    group(other, "7");
    bind(other, driver);
    const Texts texts = advise({take_pci()});
    std::filesystem::remove_all(base_ / "sys/devices" / other);
    return texts.empty();
  };
  EXPECT_TRUE(beside("vfio-pci"));
  EXPECT_TRUE(beside("mlx5_vfio_pci"));
  EXPECT_TRUE(beside("pci-stub"));
  EXPECT_TRUE(beside("pcieport"));
  EXPECT_FALSE(beside("uio_pci_generic"));
  EXPECT_FALSE(beside("snd_hda_intel"));
}

}  // namespace
}  // namespace driver_override
