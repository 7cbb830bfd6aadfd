import uPlot from 'uplot';

const COLORS = {
  light: {
    text: '#4c5678',
    grid: '#e4e7f4',
    demand: '#c98a1b',
    fill: '#f2b84b33',
    running: '#8a5a00',
    workers: '#2f3fb5',
    shadow: '#0f7b6c',
  },
  dark: {
    text: '#a3aed6',
    grid: '#232c55',
    demand: '#f2b84b',
    fill: '#f2b84b2e',
    running: '#ffd78f',
    workers: '#9fb0ff',
    shadow: '#5fd3bd',
  },
};

const clock = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const told = (_: uPlot, value: number | null) => (value === null ? '–' : String(value));

/** Tasks on the left, workers on the right, and one worker as high as the tasks it can run. */
export function chartOptions(
  mode: string,
  concurrency: number,
  shadow?: string,
): Omit<uPlot.Options, 'width' | 'height'> {
  const color = COLORS[mode === 'dark' ? 'dark' : 'light'];
  const steps = uPlot.paths.stepped!({ align: 1 });
  const line = (label: string, scale: string, stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    label,
    scale,
    stroke,
    width: 2,
    paths: steps,
    points: { show: false },
    value: told,
    ...more,
  });
  const axis = { stroke: color.text, grid: { stroke: color.grid, width: 1 }, ticks: { stroke: color.grid, width: 1 } };
  const whole = { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] };
  return {
    scales: {
      tasks: { range: self => [0, top(self, concurrency)] },
      workers: { range: self => [0, top(self, concurrency) / concurrency] },
    },
    series: [
      { label: 'At', value: (_, value) => (value === null ? '–' : clock.format(value * 1000)) },
      line('Tasks queued and running', 'tasks', color.demand, { fill: color.fill, width: 1 }),
      line('Tasks running', 'tasks', color.running, { width: 1 }),
      line('Workers', 'workers', color.workers),
      line('Workers wanted', 'workers', color.workers, { dash: [6, 4], width: 1.5 }),
      ...(shadow ? [line(`Wanted by ${shadow}, only thought`, 'workers', color.shadow, { dash: [2, 3] })] : []),
    ],
    axes: [
      { ...axis, values: undefined },
      { ...axis, ...whole, scale: 'tasks', label: 'tasks', labelSize: 20, size: 44 },
      {
        ...axis,
        ...whole,
        scale: 'workers',
        label: 'workers',
        labelSize: 20,
        size: 44,
        side: 1,
        grid: { show: false },
      },
    ],
    cursor: { drag: { x: true, y: false } },
    legend: { live: true },
  };
}

/** The most that any line reaches, in tasks, and a little air. */
function top(self: uPlot, concurrency: number): number {
  const [, demand = [], running = [], ...workers] = self.data as (number | null)[][];
  return Math.max(most(demand), most(running), ...workers.map(each => most(each) * concurrency), 1) * 1.1;
}

const most = (values: (number | null)[]) => values.reduce<number>((found, each) => Math.max(found, each ?? 0), 0);
