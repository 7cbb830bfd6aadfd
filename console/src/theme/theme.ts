import { generateThemeStylesheet, type Theme } from '@cloudscape-design/components/theming';

/** Night sky and brass: the colours of an orrery. Every pair of text and ground keeps 4.5:1 in light and in dark. */
const brass = { deep: '#8a5a00', warm: '#c98a1b', bright: '#f2b84b' };
const night = {
  ink: '#101733',
  deep: '#0b1026',
  blue: '#2f3fb5',
  hover: '#24318f',
  press: '#1b2571',
  pale: '#eef0fc',
  glow: '#9fb0ff',
};

const pair = (light: string, dark: string) => ({ light, dark });

const theme: Theme = {
  tokens: {
    fontFamilyBase:
      "'Inter', 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', 'Noto Sans', 'DejaVu Sans', sans-serif",
    fontFamilyMonospace: "ui-monospace, 'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    colorBackgroundLayoutMain: pair('#f7f8fc', night.deep),
    colorBackgroundContainerContent: pair('#ffffff', '#141b38'),
    colorBackgroundContainerHeader: pair('#ffffff', '#141b38'),
    colorBackgroundLayoutPanel: pair('#ffffff', '#10162f'),
    colorBackgroundInputDefault: pair('#ffffff', '#10162f'),
    colorBackgroundDropdownItemDefault: pair('#ffffff', '#161d3d'),
    colorBorderDividerDefault: pair('#d9dced', '#2b3563'),
    colorBorderLayout: pair('#d9dced', '#2b3563'),
    colorBackgroundButtonPrimaryDefault: pair(night.blue, brass.bright),
    colorBackgroundButtonPrimaryHover: pair(night.hover, '#ffcb6b'),
    colorBackgroundButtonPrimaryActive: pair(night.press, brass.bright),
    colorTextButtonPrimaryDefault: pair('#ffffff', night.ink),
    colorTextButtonPrimaryHover: pair('#ffffff', night.ink),
    colorTextButtonPrimaryActive: pair('#ffffff', night.ink),
    colorBorderButtonNormalDefault: pair(night.blue, night.glow),
    colorBorderButtonNormalHover: pair(night.hover, '#c3ceff'),
    colorBorderButtonNormalActive: pair(night.press, '#c3ceff'),
    colorTextButtonNormalDefault: pair(night.blue, night.glow),
    colorTextButtonNormalHover: pair(night.hover, '#c3ceff'),
    colorTextButtonNormalActive: pair(night.press, '#c3ceff'),
    colorBackgroundButtonNormalHover: pair(night.pale, '#1d2650'),
    colorTextAccent: pair(night.blue, brass.bright),
    colorItemSelected: pair(night.blue, brass.bright),
    colorBackgroundItemSelected: pair(night.pale, '#1d2650'),
    colorBackgroundControlChecked: pair(night.blue, brass.bright),
    colorForegroundControlDefault: pair('#ffffff', night.ink),
    colorBackgroundSegmentActive: pair(night.blue, brass.bright),
    colorTextSegmentActive: pair('#ffffff', night.ink),
    colorTextLinkDefault: pair(night.blue, night.glow),
    colorTextLinkHover: pair(night.hover, '#c3ceff'),
    colorTextInteractiveDefault: pair('#3b4468', '#c5cdf0'),
    colorTextHeadingDefault: pair(night.ink, '#eef1ff'),
    colorTextBodyDefault: pair(night.ink, '#d9dff8'),
    colorTextBodySecondary: pair('#4c5678', '#a3aed6'),
    colorBackgroundNotificationBlue: pair(night.blue, '#3d4fd1'),
    colorTextNotificationYellow: pair(night.ink, night.ink),
    borderRadiusContainer: '12px',
    borderRadiusButton: '8px',
    borderRadiusInput: '8px',
    borderRadiusAlert: '10px',
    borderRadiusFlashbar: '10px',
  },
  contexts: {
    'top-navigation': {
      tokens: {
        colorBackgroundContainerContent: pair(night.ink, night.deep),
        colorTextInteractiveDefault: pair('#e8ecff', '#e8ecff'),
        colorTextInteractiveHover: pair(brass.bright, brass.bright),
        colorTextAccent: pair(brass.bright, brass.bright),
        colorTextTopNavigationTitle: pair('#ffffff', '#ffffff'),
        colorBorderDividerDefault: pair('#2b3563', '#2b3563'),
      },
    },
  },
};

export const stylesheet = () => generateThemeStylesheet({ theme });
