import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useMode } from '~/app/mode';
import type { History } from './history';
import { chartOptions } from './chartOptions';

interface Props {
  history: History;
  /** Tasks that one worker runs at a time: a worker is drawn as high as so many tasks. */
  concurrency: number;
  /** The name of the style that is only thought of. */
  shadow?: string;
  label: string;
}

const HEIGHT = 280;

/** Steps over time. What changes while one looks is drawn into the same chart, so that the pointer keeps its place. */
export function Chart(props: Props) {
  const mode = useMode();
  return <Steps key={`${mode} ${props.concurrency} ${props.shadow}`} mode={mode} {...props} />;
}

function Steps({ history, concurrency, shadow, label, mode }: Props & { mode: string }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  useEffect(() => {
    const box = place.current!;
    const size = () => ({ width: box.clientWidth, height: HEIGHT });
    const made = new uPlot({ ...chartOptions(mode, concurrency, shadow), ...size() }, undefined, box);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize(size()));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [mode, concurrency, shadow]);
  useEffect(() => {
    const { times, demand, running, workers, target } = history;
    const columns = [times, demand, running, workers, target, ...(shadow ? [history.shadow] : [])];
    chart.current?.setData(columns as uPlot.AlignedData);
  }, [history, shadow]);
  return (
    <figure className="chart" aria-label={label}>
      <div ref={place} />
    </figure>
  );
}
