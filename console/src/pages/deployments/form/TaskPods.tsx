import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { SectionProps } from './section';

/** For tasks that get a pod of their own. */
export function TaskPods({ draft, change, options, wrong }: SectionProps) {
  const { defaultPodSize, resourceQuota } = options.resourceQuotas;
  const [pod, quota] = [both('defaultTaskPod', wrong), both('resourceQuota', wrong)];
  return (
    <ExpandableSection
      variant="container"
      headerText="Pods of tasks"
      headerDescription="For tasks that get a pod of their own: on the Kubernetes executor, or by KubernetesPodOperator."
      defaultExpanded={draft.executor === 'KUBERNETES' || !!pod || !!quota}
    >
      <ColumnLayout columns={2}>
        <FormField
          label="A task that asks for nothing gets (vCPU)"
          constraintText={`${memory(draft.podCpu)} From ${defaultPodSize.cpu.floor} to ${defaultPodSize.cpu.ceiling}.`}
          errorText={pod}
        >
          <Input value={draft.podCpu} inputMode="decimal" onChange={event => change({ podCpu: event.detail.value })} />
        </FormField>
        <FormField
          label="All of them together may have (vCPU)"
          constraintText={`${memory(draft.quotaCpu)} From ${resourceQuota.cpu.floor} to ${resourceQuota.cpu.ceiling}.`}
          errorText={quota}
        >
          <Input
            value={draft.quotaCpu}
            inputMode="decimal"
            onChange={event => change({ quotaCpu: event.detail.value })}
          />
        </FormField>
      </ColumnLayout>
    </ExpandableSection>
  );
}

const both = (name: string, wrong: SectionProps['wrong']) => wrong(`${name}Cpu`) ?? wrong(`${name}Memory`);

const memory = (cpu: string) => (Number(cpu) > 0 ? `With ${Number(cpu) * 2} GiB of memory.` : '');
